package dev.switchboard.api.docs;

import java.util.List;

/**
 * A rendered page.
 *
 * @param purpose first sentence after the title, without markup
 * @param html title and content
 * @param parts the text between its headings, in the order of the page; the first begins with the
 *     title
 */
record DocsPage(SourcePage source, String title, String purpose, String html, List<Part> parts) {
  /**
   * A heading with the text up to the next one.
   *
   * @param anchor id of the heading; of the title, too
   * @param level 1 for the title, up to 6
   */
  record Part(String anchor, String heading, int level, String text) {}

  DocsPage {
    parts = List.copyOf(parts);
  }

  /** Returns the path on the server. */
  String url() {
    return DocsSite.url(source.path());
  }
}
