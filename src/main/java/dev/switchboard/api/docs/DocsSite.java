package dev.switchboard.api.docs;

import dev.switchboard.api.docs.DocsPage.Part;
import dev.switchboard.api.docs.Navigation.Section;
import dev.switchboard.api.files.StaticFile;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All responses of the documentation, ready to be sent. Immutable; all event loops share it. */
final class DocsSite {
  private static final String ROOT = "/docs";
  private static final List<String> ASSETS =
      List.of("site.css", "search.js", "page.js", "favicon.svg");

  private final Map<String, StaticFile> files = new HashMap<>();
  private final StaticFile notFound;

  private DocsSite(DocsPage entrance, Navigation navigation) {
    PageLayout layout = new PageLayout(navigation);
    addPage(entrance, layout.entrance(entrance));
    navigation.pages().forEach(page -> addPage(page, layout.page(page)));
    addText("search.json", searchIndex(navigation.pages()).encode());
    addText("llms.txt", overview(entrance, navigation));
    addText("llms-full.txt", everything(entrance, navigation));
    ASSETS.forEach(name -> addText(name, SourcePages.text("/docs-site/" + name)));
    SourcePages.images()
        .forEach(path -> files.put(path, StaticFile.of(path, SourcePages.image(path))));
    notFound = file("not-found.html", layout.notFound());
  }

  /** Reads and renders all pages, which takes up to a second and blocks; not for event loops. */
  static DocsSite read() {
    List<SourcePage> sources = SourcePages.read();
    PageRenderer renderer = new PageRenderer(new PageLinks(sources, SourcePages.images()));
    List<DocsPage> pages = sources.stream().map(renderer::render).toList();
    DocsPage entrance =
        pages.stream().filter(page -> page.source().path().isEmpty()).findFirst().orElseThrow();
    return new DocsSite(entrance, new Navigation(pages, SourcePages.order()));
  }

  /**
   * Returns the path on the server of the page at {@code path}, which is empty for the entrance.
   */
  static String url(String path) {
    return path.isEmpty() ? ROOT : ROOT + '/' + path;
  }

  /** Returns what is served at {@code path} below {@code /docs/}, or null. */
  @Nullable StaticFile file(String path) {
    return files.get(path);
  }

  /** Returns the page that says that there is no such page. */
  StaticFile notFound() {
    return notFound;
  }

  private void addPage(DocsPage page, String html) {
    String path = page.source().path();
    files.put(path, file(path + ".html", html));
    addText((path.isEmpty() ? "index" : path) + ".md", page.source().markdown());
  }

  private void addText(String name, String text) {
    files.put(name, file(name, text));
  }

  private static StaticFile file(String name, String text) {
    return StaticFile.of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** For each part of a page: path of the page, its title, anchor, heading, text. */
  private static JsonArray searchIndex(List<DocsPage> pages) {
    JsonArray index = new JsonArray();
    for (DocsPage page : pages) {
      for (Part part : page.parts()) {
        boolean whole = part.level() == 1;
        index.add(
            new JsonArray()
                .add(whole ? page.url() : page.url() + '#' + part.anchor())
                .add(page.title())
                .add(whole ? "" : part.heading())
                .add(part.text()));
      }
    }
    return index;
  }

  /** A list of all pages, in the form of llmstxt.org. */
  private static String overview(DocsPage entrance, Navigation navigation) {
    StringBuilder text = new StringBuilder("# Switchboard\n\n> ").append(entrance.purpose());
    text.append("\n\nThe whole documentation in one file: [llms-full.txt](/docs/llms-full.txt).\n");
    for (Section section : navigation.sections()) {
      text.append("\n## ").append(section.title()).append("\n\n");
      for (DocsPage page : section.pages()) {
        text.append("- [").append(page.title()).append("](").append(page.url()).append(".md): ");
        text.append(page.purpose()).append('\n');
      }
    }
    return text.toString();
  }

  private static String everything(DocsPage entrance, Navigation navigation) {
    StringBuilder text = new StringBuilder(entrance.source().markdown());
    for (DocsPage page : navigation.pages()) {
      text.append("\n<!-- ").append(page.url()).append(" -->\n\n");
      text.append(page.source().markdown());
    }
    return text.toString();
  }
}
