#!/usr/bin/env bash
# openapi-python-client 0.29.1 (PyPI): of a schema with `allOf` of one $ref and `properties` beside it, the properties vanish. No
# class is made, and no warning is given: whatever refers to the schema gets the class of the $ref.
#
# What one expects: `allOf: [{$ref: Head}]` with properties of its own is the usual way to write "a Head with more", and other
# generators (openapi-typescript 7.13.0) make a type with both. An `allOf` of one reference and nothing else is what some use
# to put a description beside a $ref, so it is taken for that, siblings or not.
# What happens: a union of six such types, told apart by a constant member, becomes six times the class without that member; a client
# parses everything, and everything as the same type. What helps: the own members as a second entry of allOf.
#
# Seen with Python 3.11:
#   beside: head.py
#   inside: ended.py head.py
#   warnings: 0
#
# Exits 0 while that is so, 1 when not, 2 when it could not be tried.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" install --quiet openapi-python-client==0.29.1 || exit 2
cd "$dir"
echo 'post_hooks: []' >config.yaml

# NAME: the description whose type Ended has its own member beside the allOf, or inside it.
describe() {
  local own='"properties": {"type": {"type": "string", "const": "ended"}}, "required": ["type"]' head='{"$ref": "#/components/schemas/Head"}' ended
  case $1 in
    beside) ended="\"allOf\": [$head], $own" ;;
    inside) ended="\"allOf\": [$head, {\"type\": \"object\", $own}]" ;;
  esac
  cat <<JSON
{"openapi": "3.1.0", "info": {"title": "$1", "version": "1"},
 "paths": {"/end": {"get": {"operationId": "getEnd", "responses": {"200": {"description": "The end.",
   "content": {"application/json": {"schema": {"\$ref": "#/components/schemas/Ended"}}}}}}}},
 "components": {"schemas": {
   "Head": {"type": "object", "properties": {"seq": {"type": "integer"}}, "required": ["seq"]},
   "Ended": {"type": "object", $ended}}}}
JSON
}

for name in beside inside; do
  describe "$name" >"$name.json"
  venv/bin/openapi-python-client generate --path "$name.json" --output-path "$name" --config config.yaml >"$name.log" 2>&1
  models=$(cd "$name"/*_client/models && ls | grep -v __init__ | tr '\n' ' ')
  echo "$name: $models" | sed 's/ $//' | tee -a seen
done
echo "warnings: $(cat ./*.log | grep -ci warning || true)" | tee -a seen
diff seen - <<'SEEN' || exit 1
beside: head.py
inside: ended.py head.py
warnings: 0
SEEN
