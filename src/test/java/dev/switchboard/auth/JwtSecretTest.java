package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.OperatorException;
import dev.switchboard.config.SwitchboardConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtSecretTest {
  @TempDir Path directory;

  @Test
  void generatedSecretIsKept() {
    SwitchboardConfig config = config(directory.resolve("data"));

    String generated = JwtSecret.of(config).reveal();

    assertThat(JwtSecret.of(config).reveal()).isEqualTo(generated).hasSizeGreaterThan(40);
  }

  @Test
  void dataDirectoryThatCannotHoldTheSecretIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("data"));

    assertThatThrownBy(() -> JwtSecret.of(config(file.resolve("below"))))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("node.dataDirectory: the token secret can't be stored in " + file)
        .hasMessageContaining("SWITCHBOARD_AUTH_JWT_SECRET");
  }

  @Test
  void keptSecretThatIsTooShortIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("jwt-secret"));

    assertThatThrownBy(() -> JwtSecret.of(config(directory)))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("the token secret in " + file + " is shorter than 32 characters");
  }

  private static SwitchboardConfig config(Path dataDirectory) {
    JsonObject node = new JsonObject().put("dataDirectory", dataDirectory.toString());
    return ConfigLoader.bind("test", new JsonObject().put("node", node), name -> null);
  }
}
