package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Authentication and roles. */
public record AuthConfig(
    @Setting(
            about =
                "Key for HS256 tokens, at least 32 characters; empty: generated in"
                    + " embedded mode, otherwise none",
            def = "")
        Secret jwtSecret,
    @Setting(about = "PEM files with public keys of token issuers: RSA, EC or Ed25519", def = "")
        List<String> publicKeys,
    @Setting(
            about = "URL of the issuer's public keys (JWKS) for RS and ES tokens; empty: none",
            def = "")
        String jwksUrl,
    @Setting(about = "How often the issuer's keys are fetched", def = "10m", min = "1s", max = "1d")
        Duration jwksRefresh,
    @Setting(
            about = "Minimum time between two fetches when tokens name an unknown key",
            def = "30s",
            min = "100ms",
            max = "1h")
        Duration jwksPause,
    @Setting(about = "Required `iss` of tokens; empty: any", def = "") String issuer,
    @Setting(about = "Required `aud` of tokens; empty: any", def = "") String audience,
    @Setting(about = "Tolerated clock difference to token issuers", def = "5s", max = "5m")
        Duration leeway,
    @Setting(about = "What each role may see, publish, subscribe to and call") RolesConfig roles) {
  public AuthConfig {
    if (jwtSecret.isSet() && jwtSecret.reveal().length() < 32) {
      throw new IllegalArgumentException("jwtSecret is shorter than 32 characters");
    }
    if (!jwksUrl.isEmpty() && !jwksUrl.matches("https?://[^\\s]+")) {
      throw new IllegalArgumentException("jwksUrl is not an http:// or https:// URL");
    }
    for (String file : publicKeys) {
      if (!Files.isReadable(Path.of(file))) {
        throw new IllegalArgumentException("publicKeys: the file \"" + file + "\" can't be read");
      }
    }
  }
}
