// node validate.js FILE: what the parser of AsyncAPI's makers, which their command line asks, too, has against a description.
import { readFileSync } from "node:fs";
import asyncapi from "@asyncapi/parser";

// That there is a newer version of AsyncAPI is no fault.
const known = new Set(["asyncapi-latest-version"]);
const said = await new asyncapi.Parser().validate(readFileSync(process.argv[2], "utf8"));
const wrong = said.filter((d) => !known.has(String(d.code)));
for (const d of wrong) console.error(`${d.code} at ${d.path.join(".")}: ${d.message}`);
process.exit(wrong.length > 0 ? 1 : 0);
