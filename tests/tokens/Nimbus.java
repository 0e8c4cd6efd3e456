// As judge_tokens.cpp, with Nimbus.
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class Nimbus {
  private final JWKSet keys;
  private final Set<JWSAlgorithm> algorithms = new LinkedHashSet<>();
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  Nimbus(Map<String, Object> corpus) throws Exception {
    keys = JWKSet.parse(JSONObjectUtils.getJSONObject(corpus, "jwks"));
    for (Object name : (List<?>) corpus.get("algorithms")) algorithms.add(JWSAlgorithm.parse((String) name));
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
        new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, new ImmutableJWKSet<>(keys)));
    processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>((String) corpus.get("audience"),
        new JWTClaimsSet.Builder().issuer((String) corpus.get("issuer")).build(), Set.of("sub", "exp")));
  }

  void check(String token) throws Exception {
    if (JWTParser.parse(token) instanceof SignedJWT signed && JWSAlgorithm.EdDSA.equals(signed.getHeader().getAlgorithm())) {
      checkEdwards(signed);
    } else {
      processor.process(token, null);
    }
  }

  // The processor finds no key for EdDSA: its keys are java.security.Key, which a JWK of Ed25519 is not turned into.
  private void checkEdwards(SignedJWT token) throws Exception {
    processor.getJWSTypeVerifier().verify(token.getHeader().getType(), null);
    List<JWK> fitting = new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader())).select(keys);
    if (!algorithms.contains(JWSAlgorithm.EdDSA) || fitting.size() != 1) throw new BadJOSEException("no key, or several");
    if (!token.verify(new Ed25519Verifier(fitting.get(0).toOctetKeyPair()))) throw new BadJOSEException("signature");
    processor.getJWTClaimsSetVerifier().verify(token.getJWTClaimsSet(), null);
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Object> corpus = JSONObjectUtils.parse(Files.readString(Path.of(arguments[0])));
    Nimbus judge = new Nimbus(corpus);
    Map<String, Object> verdicts = new LinkedHashMap<>();
    for (Object one : (List<?>) corpus.get("cases")) {
      Map<?, ?> item = (Map<?, ?>) one;
      String verdict = "good";
      try {
        judge.check((String) item.get("token"));
      } catch (Exception e) {
        verdict = e.getClass().getSimpleName() + ": " + e.getMessage();
      }
      verdicts.put((String) item.get("name"), verdict);
    }
    System.out.println(JSONObjectUtils.toJSONString(verdicts));
  }
}
