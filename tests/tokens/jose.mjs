// As judge_tokens.cpp, with jose.
import { readFileSync } from 'node:fs';
import { createLocalJWKSet, jwtVerify } from 'jose';

const corpus = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const keys = createLocalJWKSet(corpus.jwks);
const rules = {
  issuer: corpus.issuer, audience: corpus.audience, algorithms: corpus.algorithms, typ: 'at+jwt',
  requiredClaims: ['sub', 'exp'],
};
const verdicts = {};
for (const { name, token } of corpus.cases) {
  verdicts[name] = await jwtVerify(token, keys, rules).then(() => 'good', (e) => e.code ?? String(e));
}
console.log(JSON.stringify(verdicts));
