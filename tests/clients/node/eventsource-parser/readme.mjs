import { EventSourceParserStream } from "eventsource-parser/stream";
import { show } from "../show.mjs";

const response = await fetch(process.argv[2]);
const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
for await (const { data } of events) show(data);
