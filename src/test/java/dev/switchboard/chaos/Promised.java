package dev.switchboard.chaos;

/** What holds whatever fails: a column of the table. */
enum Promised {
  SESSIONS("sessions"),
  INBOX("inbox"),
  PRESENCE("presence"),
  WEBHOOKS("webhooks"),
  REPEATS("repeats"),
  TENANTS("tenants");

  private final String title;

  Promised(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
