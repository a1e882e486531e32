package dev.switchboard.api.docs;

/**
 * The source of a page.
 *
 * @param path path below {@code /docs/}, such as {@code guides/webhooks}; empty for the entrance
 * @param file file in the repository, from which the links of the page start
 */
record SourcePage(String path, String file, String markdown) {
  /** Returns the first part of the path, or an empty text for a page that is in no section. */
  String section() {
    int slash = path.indexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns the part between section and name, or an empty text for a page that is in no group. */
  String group() {
    int last = path.lastIndexOf('/');
    int first = path.indexOf('/');
    return first == last ? "" : path.substring(first + 1, last);
  }
}
