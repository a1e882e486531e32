package dev.switchboard.api.docs;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.jspecify.annotations.Nullable;

/** Turns links between files of the repository into links between paths of the server. */
final class PageLinks {
  /** Paths of the server by file of the repository. */
  private final Map<String, String> urls =
      new HashMap<>(
          Map.of(
              "src/main/resources/openapi.yaml", "/openapi.yaml",
              "src/main/resources/asyncapi.yaml", "/asyncapi.yaml"));

  PageLinks(List<SourcePage> pages) {
    pages.forEach(page -> urls.put(page.file(), DocsSite.url(page.path())));
  }

  /** Replaces a link to a file that a node does not serve by its text. */
  void rewrite(SourcePage page, Link link) {
    URI uri = URI.create(link.getDestination());
    if (uri.isAbsolute() || uri.getPath().isEmpty()) {
      return;
    }
    String url = url(page, uri.getPath());
    if (url == null) {
      unwrap(link);
    } else {
      link.setDestination(uri.getFragment() == null ? url : url + '#' + uri.getFragment());
    }
  }

  private @Nullable String url(SourcePage page, String relative) {
    Path target = Path.of(page.file()).resolveSibling(relative).normalize();
    return urls.get(target.toString().replace('\\', '/'));
  }

  private static void unwrap(Link link) {
    Node child = link.getFirstChild();
    while (child != null) {
      Node next = child.getNext();
      link.insertBefore(child);
      child = next;
    }
    link.unlink();
  }
}
