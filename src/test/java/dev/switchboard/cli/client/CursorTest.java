package dev.switchboard.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The position that a client continues from. */
class CursorTest {
  private final Cursor cursor = new Cursor("");

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(cursor.text()).isEmpty();
  }

  @Test
  void givenPositionHoldsUntilTheNodeSendsOne() {
    Cursor given = new Cursor("a:1,b:2");

    assertThat(given.text()).isEqualTo("a:1,b:2");
    given.position("a:5.b:2");
    assertThat(given.text()).isEqualTo("a:5.b:2");
  }

  @Test
  void eventsMoveTheirOwnLogOnly() {
    cursor.position("a:1.b:2");

    cursor.event("b:3");
    cursor.event(null);

    assertThat(cursor.text()).isEqualTo("a:1.b:3");
  }

  @Test
  void positionReplacesThoseOfAllLogs() {
    cursor.position("a:1.b:2");

    cursor.position("c:0");

    assertThat(cursor.text()).isEqualTo("c:0");
  }
}
