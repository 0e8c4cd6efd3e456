// The race on real brokers, gateway and processor being processes of their own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "../browser.mjs";
import { holdRace } from "../race.mjs";
import { startServer } from "../server.mjs";

const brokers = process.env.STREAMDEMO_KAFKA_BROKERS;
if (!brokers) throw new Error("name the brokers in STREAMDEMO_KAFKA_BROKERS; `./dev kafka test` starts some");
let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

test("the numbers of a race on Kafka are the server's own", async (t) => {
  const own = `race-${process.pid}-${Date.now()}`;
  const sets = {
    bus: "kafka", "topics.request": `${own}.request`, "topics.response": `${own}.response`,
    "topics.dead_letter": `${own}.dead`, "topics.group": own, "topics.partitions": 3,
  };
  const start = async (role, name) => {
    const server = await startServer({ ...sets, role, "instance.name": name });
    t.after(async () => assert.equal((await server.stop()).code, 0, server.errors()));
    return server;
  };
  const server = await start("gateway", "gateway-1");
  await start("processor", "processor-7");
  await holdRace(t, browser, "kafka", { server, processor: "processor-7", bus: "Kafka" });
});
