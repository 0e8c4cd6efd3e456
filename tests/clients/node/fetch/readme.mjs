import { show } from "../show.mjs";

const response = await fetch(process.argv[2], { headers: { Accept: "application/x-ndjson" } });
let rest = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  lines.forEach(show);
}
