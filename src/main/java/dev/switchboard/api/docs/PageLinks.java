package dev.switchboard.api.docs;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.commonmark.node.Image;
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

  /**
   * Knows all files that the server has.
   *
   * @param images their paths below the root of the documentation
   */
  PageLinks(List<SourcePage> pages, List<String> images) {
    pages.forEach(page -> urls.put(page.file(), DocsSite.url(page.path())));
    images.forEach(image -> urls.put("src/docs/" + image, DocsSite.url(image)));
  }

  /** Replaces the address of an image. */
  void rewrite(SourcePage page, Image image) {
    String url = url(page, image.getDestination());
    if (url == null) {
      throw new IllegalStateException(page.file() + ": there is no " + image.getDestination());
    }
    image.setDestination(url);
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
