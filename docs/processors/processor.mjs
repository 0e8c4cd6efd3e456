// Does tasks of the kind "whisper": each word of {"text": "…"} in small letters is a result. Needs only: npm install kafkajs
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka } from "kafkajs";

const kafka = new Kafka({ brokers: (process.env.BROKERS ?? "localhost:9092").split(",") });
const source = `whisper/${randomUUID()}`; // this process, and not the one before it
const answers = kafka.producer();
const requests = kafka.consumer({ groupId: "whisper-processors", sessionTimeout: 10_000, heartbeatInterval: 1_000 });

async function work(request, partition, heartbeat) {
  const run = randomUUID();
  let seq = 0;
  const say = async (what, data) => {
    await answers.send({ topic: "response", acks: -1, messages: [{
      key: request.key, partition, value: JSON.stringify(data), headers: {
        ce_specversion: "1.0", ce_id: randomUUID(), ce_source: source, ce_subject: "whisper",
        ce_type: `streamdemo.task.${what}`, ce_time: new Date().toISOString(),
        ce_run: run, ce_runseq: String(seq + 1), "content-type": "application/json" } }] });
    ++seq; // one that was refused takes no number
  };
  await say("started", {});
  let end = { status: "succeeded" };
  try {
    for (const word of JSON.parse(request.value).text.split(" ")) {
      await sleep(200); // the long part
      await heartbeat(); // at least once in a session timeout, or another member gets the task
      await say("result", { word: word.toLowerCase() });
    }
  } catch (wrong) {
    const isTheTasks = wrong instanceof SyntaxError || wrong instanceof TypeError || wrong.type === "MESSAGE_TOO_LARGE";
    if (!isTheTasks) throw wrong;
    end = { status: "failed", error: { message: String(wrong) } }; // of this task, so it ends and not the program
  }
  await say("ended", end);
}

// After an error that it does not try again the library stops, and would leave a program that does nothing.
requests.on(requests.events.CRASH, ({ payload }) => { if (!payload.restart) process.exit(1); });
await answers.connect();
await requests.connect();
await requests.subscribe({ topic: "request.whisper", fromBeginning: true });
await requests.run({ autoCommit: false, eachMessage: async ({ topic, partition, message, heartbeat }) => {
  await work(message, partition, heartbeat);
  await requests.commitOffsets([{ topic, partition, offset: String(BigInt(message.offset) + 1n) }]);
} });
