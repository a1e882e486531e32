package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiKeyTest {

  @Test
  void apiKeyNeverPrintsItself() {
    ApiKey key = ApiKey.generate();

    assertThat(key).hasToString("sbk_***");
    assertThat(key.reveal()).startsWith("sbk_").hasSize(4 + 43);
    assertThat(key.hash()).hasSize(32).isEqualTo(new ApiKey(key.reveal()).hash());
    assertThat(ApiKey.generate().reveal()).isNotEqualTo(key.reveal());
  }
}
