package dev.switchboard.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetCheckTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "//",
        "/a/",
        "/a//b",
        "//a",
        "/.",
        "/..",
        "/a/.",
        "/a/..",
        "/a/./b",
        "/../a",
        "/%41",
        "/%4f",
        "/%5A",
        "/%61",
        "/%7a",
        "/%30",
        "/%39",
        "/docs//",
        "/docs/./",
        "/docs/../",
        "/docs/a/../",
        "/docs/%61/",
        "/docs/a/b/c/d/",
        "/docs/a//b",
        "/a/%2E",
        "/a/%2e%2E/b",
        "/x%6Fy"
      })
  void otherSpellingsAreFound(String path) {
    assertThat(RequestTargetCheck.hasOtherSpelling(path)).as(path).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "*",
        "/a",
        "/a.b",
        "/a..",
        "/..a",
        "/a/.b",
        "/a/b.",
        "/docs/",
        "/docs/guides/",
        "/docs/start/from-socket.io/",
        "/%40",
        "/%5B",
        "/%60",
        "/%7B",
        "/%2F",
        "/%3A",
        "/%7E",
        "/%2D",
        "/%5F",
        "/%C3%A4",
        "/a%20b",
        "/openapi.yaml"
      })
  void oneSpellingOfAPathIsTaken(String path) {
    assertThat(RequestTargetCheck.hasOtherSpelling(path)).as(path).isFalse();
  }

  @Test
  void pathThatIsMissingIsLeftToTheRouter() {
    assertThat(RequestTargetCheck.hasOtherSpelling(null)).isFalse();
    assertThat(RequestTargetCheck.hasOtherSpelling("")).isFalse();
  }

  @Property
  void segmentsThatALibraryEncodedAreTaken(@ForAll @StringLength(min = 1, max = 8) String text) {
    String segment = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");

    if (!segment.matches("\\.{1,2}")) {
      assertThat(RequestTargetCheck.hasOtherSpelling("/a/" + segment)).as(segment).isFalse();
    }
  }
}
