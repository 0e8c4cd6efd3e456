// What is asked of a cluster and its topics before anything starts, and what a gateway does when its topic is cut or its
// queue is full. On real brokers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Kafka, logLevel } from "kafkajs";
import { historyOf, launchServer, startServer, submit, until } from "../server.mjs";

const { STREAMDEMO_KAFKA_BROKERS: brokers, SECURE_BROKERS: secure, SECURE_CERTIFICATE: certificate } = process.env;
if (!brokers || !secure || !certificate) {
  throw new Error("name the brokers in STREAMDEMO_KAFKA_BROKERS, SECURE_BROKERS, SECURE_CERTIFICATE; `./dev kafka test` starts some");
}
let admin, systems = 0;
before(async () => {
  admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
after(() => admin.disconnect());

// The settings of a system of its own on the cluster, and the names of its topics.
function freshSystem() {
  const own = `cluster-${process.pid}-${++systems}`;
  const names = { request: `${own}.request`, response: `${own}.response`, dead: `${own}.dead` };
  const sets = {
    bus: "kafka", "topics.request": names.request, "topics.response": names.response, "topics.dead_letter": names.dead,
    "topics.group": own, "topics.partitions": 1,
  };
  return {
    ...names,
    launch: (role, more = {}) => launchServer({ ...sets, role, ...more }),
    start: (role, more = {}) => startServer({ ...sets, role, ...more }),
  };
}

// What the program makes itself, but for what is given.
const made = (topic, { numPartitions = 1, replicationFactor = 3, waitForLeaders = true, ...config } = {}) => admin.createTopics({
  waitForLeaders,
  topics: [{
    topic, numPartitions, replicationFactor,
    configEntries: Object.entries({
      "message.timestamp.type": "LogAppendTime", "retention.ms": "10800000", "retention.bytes": "-1", ...config,
    }).map(([name, value]) => ({ name, value })),
  }],
});

async function stop(...servers) {
  for (const server of servers) assert.equal((await server.stop()).code, 0, server.errors());
}

const isReady = async (server) => (await fetch(`${server.management}/readyz`)).status === 200;

describe("topics that break a promise: nothing starts, and the message says what to change", () => {
  const cases = [
    { what: "another number of partitions", config: { numPartitions: 2 }, says: /has 2 partitions, 1 are asked for: set topics\.partitions = 2/ },
    { what: "times of the producers", config: { "message.timestamp.type": "CreateTime" }, says: /--add-config message\.timestamp\.type=LogAppendTime/ },
    { what: "retention shorter than the windows", config: { "retention.ms": "60000" }, says: /retention\.ms=60000, but records are needed for 10800000 ms; .*--add-config retention\.ms=10800000/ },
    { what: "retention by size", config: { "retention.bytes": "1000000" }, says: /--add-config retention\.bytes=-1/ },
    { what: "no room for the largest record", config: { "max.message.bytes": "900000" }, says: /--add-config max\.message\.bytes=987136/ },
    { what: "fewer copies than are asked for", config: { replicationFactor: 2 }, says: /has 2 copies .* set topics\.replication = 2/ },
    { what: "acknowledgements of one copy alone", config: { "min.insync.replicas": "1" }, says: /--add-config min\.insync\.replicas=2/ },
    { what: "compaction", config: { "cleanup.policy": "compact" }, says: /--add-config cleanup\.policy=delete/ },
  ];
  for (const { what, config, says } of cases) {
    test(what, async () => {
      const system = freshSystem();
      await made(system.response, config);
      for (const role of ["gateway", "processor"]) {
        const failure = await system.start(role).then(() => null, (e) => e);
        assert.match(failure?.message ?? "it started", /ended with 1: /);
        assert.match(failure.message, says);
        assert.ok(failure.message.includes(system.response), failure.message);
      }
    });
  }

  test("a topic that is never cleaned up keeps everything: its retention is not held against it", async () => {
    const system = freshSystem();
    await made(system.response, { "cleanup.policy": "", "retention.ms": "60000" });
    const gateway = await system.start("gateway");
    await stop(gateway);
  });

  test("an unclean election that somebody allowed is named in the log, and started with", async () => {
    const system = freshSystem();
    await made(system.response, { "unclean.leader.election.enable": "true" });
    const gateway = await system.start("gateway");
    assert.match(gateway.errors(), /--add-config unclean\.leader\.election\.enable=false/);
    await stop(gateway);
  });

  test("retention that the settings themselves contradict is found before any broker is asked", async () => {
    const failure = await freshSystem().start("gateway", { "topics.retention_ms": 60000 }).then(() => null, (e) => e);
    assert.match(failure?.message ?? "it started", /ended with 2: .*topics\.retention_ms/s);
  });
});

describe("a cluster that demands TLS and a password", () => {
  const login = (password) => ({
    "kafka.brokers": secure, "kafka.properties.security.protocol": "SASL_SSL", "kafka.properties.sasl.mechanisms": "PLAIN",
    "kafka.properties.sasl.username": "streamdemo", "kafka.properties.sasl.password": password,
    "kafka.properties.ssl.ca.location": certificate,
  });

  test("gets them from [kafka.properties]", async () => {
    const system = freshSystem();
    const gateway = await system.start("gateway", login("correct horse"));
    const processor = await system.start("processor", login("correct horse"));
    const task = await submit(gateway, "simulate", { results: 3 });
    assert.equal((await historyOf(gateway, task.request_id)).at(-1).data.status, "succeeded");
    await stop(processor, gateway);
  });

  for (const [what, wrong, says] of [
    ["a wrong password", login("wrong horse"), /Authentication failed/],
    ["no certificate to trust", { ...login("correct horse"), "kafka.properties.ssl.ca.location": "/etc/ssl/certs/ca-certificates.crt" }, /certificate verify failed/],
  ]) {
    test(`${what} is named in the log, and waited out`, async (t) => {
      let ready = false;
      const waiting = freshSystem().launch("gateway", wrong);
      t.after(() => stop(waiting));
      waiting.ready.then(() => { ready = true; }, () => {});
      await until("the log to name it", () => says.test(waiting.errors()));
      assert.equal(ready, false);
    });
  }
});

describe("a gateway whose place in the log is lost", () => {
  test("reads on from what is left after the log was cut while it stood still", async (t) => {
    const system = freshSystem();
    const stopped = await system.start("gateway");
    const other = await system.start("gateway");
    const processor = await system.start("processor");
    t.after(() => stop(processor, other, stopped));
    const old = await submit(stopped, "simulate", { results: 2 });
    await historyOf(stopped, old.request_id);
    stopped.signal("SIGSTOP");
    const missed = await submit(other, "simulate", { results: 2 });
    await historyOf(other, missed.request_id);
    const [{ high }] = await admin.fetchTopicOffsets(system.response);
    await admin.deleteTopicRecords({ topic: system.response, partitions: [{ partition: 0, offset: high }] });
    stopped.signal("SIGCONT");
    await until("the loss to be seen", () => /the place in .* is lost/.test(stopped.errors()));
    await until("it to be ready again", () => isReady(stopped));
    const next = await submit(stopped, "simulate", { results: 2 });
    assert.deepEqual(await historyOf(stopped, next.request_id), await historyOf(other, next.request_id));
    // Unknown, or known to be lost if a first record of it had been on its way.
    const { status } = await fetch(`${stopped.url}/api/tasks/${missed.request_id}`);
    assert.ok(status === 404 || status === 410, `${status}`);
  });

  test("is ready again after the topic was deleted and made anew, and tasks end", async (t) => {
    const system = freshSystem();
    const gateway = await system.start("gateway");
    const processor = await system.start("processor");
    t.after(() => stop(processor, gateway));
    const old = await submit(gateway, "simulate", { results: 2 });
    await historyOf(gateway, old.request_id);
    await admin.deleteTopics({ topics: [system.response] });
    await until("the loss to be seen", () => /the place in .* is lost/.test(gateway.errors()));
    // As long as its deletion is under way it cannot be made. Who waited for leaders in vain would not know that it was made.
    await until("it to be made", () => made(system.response, { waitForLeaders: false }).catch(() => false));
    await until("the gateway to be ready again", () => isReady(gateway));
    // Its producer may learn of the topic a moment later than its reader: until then it answers 503.
    const next = await until("a task to be taken", () => submit(gateway, "simulate", { results: 2 }).catch((e) => {
      assert.match(e.message, /^503/);
    }));
    // Without a `started` no result counts: what the processor wrote while the topic was away must be there.
    const [last] = await until("it to end", async () => {
      const { events } = await (await fetch(`${gateway.url}/api/tasks/${next.request_id}`)).json();
      return events.at(-1)?.type === "ended" && events.slice(-1);
    });
    assert.equal(last.data.status, "succeeded");
    // Known, and known to be gone.
    assert.equal((await fetch(`${gateway.url}/api/tasks/${old.request_id}`)).status, 410);
  });
});

describe("a gateway whose producer queue is full", () => {
  test("answers 503 with Retry-After, keeps what it has taken, and takes tasks again", async (t) => {
    const system = freshSystem();
    const queue = 3;
    const gateway = await system.start("gateway", { "kafka.properties.queue.buffering.max.messages": queue });
    const processor = await system.start("processor");
    t.after(() => stop(processor, gateway));
    const post = async () => {
      const response = await fetch(`${gateway.url}/api/simulate`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: '{"results":1}',
      });
      return { status: response.status, later: response.headers.get("Retry-After"), body: await response.json() };
    };
    const answers = await until("one to be refused", async () => {
      const burst = await Promise.all(Array.from({ length: 20 * queue }, post));
      return burst.some(({ status }) => status === 503) && burst;
    });
    for (const { status, later, body } of answers) {
      if (status === 202) {
        assert.equal((await historyOf(gateway, body.request_id)).at(-1).data.status, "succeeded");
      } else {
        assert.equal(status, 503);
        assert.match(body.type, /overloaded$/);
        assert.match(later ?? "missing", /^[1-9][0-9]*$/);
      }
    }
    assert.equal((await post()).status, 202);
  });
});
