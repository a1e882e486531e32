package dev.switchboard.api.docs;

import dev.switchboard.api.docs.DocsPage.Part;
import dev.switchboard.api.docs.Navigation.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTML document around a page: header with search, navigation, outline, neighbours. */
final class PageLayout {
  private static final String DOCUMENT =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>%s</title>
      <meta name="description" content="%s">
      <link rel="icon" href="/docs/favicon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/docs/site.css">
      <script src="/docs/search.js" type="module"></script>
      <script src="/docs/page.js" type="module"></script>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
      <a class="home" href="/docs"><img src="/docs/favicon.svg" alt="" width="24" height="24"> Switchboard</a>
      <a class="menu" href="#pages">Pages</a>
      <form class="search" role="search" hidden>
      <input type="search" aria-label="Search the documentation" placeholder="Search" autocomplete="off" spellcheck="false">
      <p class="found" role="status"></p>
      <ol class="results" hidden></ol>
      </form>
      </header>
      <div class="columns">
      <nav id="pages" aria-label="Pages">
      <a class="close" href="#content">Close</a>
      %s</nav>
      <main id="content">
      %s</main>
      %s</div>
      </body>
      </html>
      """;

  private final Navigation navigation;

  PageLayout(Navigation navigation) {
    this.navigation = navigation;
  }

  String page(DocsPage page) {
    return DOCUMENT.formatted(
        escape(page.title() + " · Switchboard"),
        escape(page.purpose()),
        pages(page),
        "<article>\n" + page.html() + "</article>\n" + neighbours(page),
        outline(page));
  }

  /** The entrance: its own text, then every page with its purpose. */
  String entrance(DocsPage entrance) {
    StringBuilder all = new StringBuilder("<article>\n" + entrance.html());
    for (Section section : navigation.sections()) {
      all.append("<section class=\"index\">\n<h2>").append(escape(section.title()));
      all.append("</h2>\n<ul>\n");
      for (DocsPage page : section.direct()) {
        all.append("<li>").append(link(page)).append("<p>").append(escape(page.purpose()));
        all.append("</p></li>\n");
      }
      all.append("</ul>\n");
      section.groups().forEach((title, pages) -> appendGroup(all, title, pages, null));
      all.append("</section>\n");
    }
    all.append("</article>\n");
    return DOCUMENT.formatted(
        escape(entrance.title()), escape(entrance.purpose()), pages(entrance), all, "");
  }

  String notFound() {
    return DOCUMENT.formatted(
        "Not found · Switchboard",
        "There is no such page.",
        pages(null),
        """
        <article>
        <h1>Not found</h1>
        <p>There is no such page in the documentation of this version. Search for it, choose one of the \
        pages, or go to the <a href="/docs">entrance</a>.</p>
        </article>
        """,
        "");
  }

  private String pages(@Nullable DocsPage current) {
    StringBuilder all = new StringBuilder();
    for (Section section : navigation.sections()) {
      all.append("<h2>").append(escape(section.title())).append("</h2>\n");
      appendList(all, section.direct(), current);
      section.groups().forEach((title, pages) -> appendGroup(all, title, pages, current));
    }
    return all.toString();
  }

  /** Adds a list that can be unfolded, and is unfolded around {@code current}. */
  private static void appendGroup(
      StringBuilder all, String title, List<DocsPage> pages, @Nullable DocsPage current) {
    boolean open = pages.stream().anyMatch(page -> isSame(page, current));
    all.append(open ? "<details open>\n" : "<details>\n");
    all.append("<summary>").append(escape(title)).append("</summary>\n");
    appendList(all, pages, current);
    all.append("</details>\n");
  }

  private static void appendList(
      StringBuilder all, List<DocsPage> pages, @Nullable DocsPage current) {
    all.append("<ul>\n");
    for (DocsPage page : pages) {
      all.append("<li><a href=\"").append(page.url()).append('"');
      all.append(isSame(page, current) ? " aria-current=\"page\">" : ">");
      all.append(escape(page.title())).append("</a></li>\n");
    }
    all.append("</ul>\n");
  }

  private static boolean isSame(DocsPage page, @Nullable DocsPage current) {
    return current != null && page.source().path().equals(current.source().path());
  }

  private static String outline(DocsPage page) {
    List<Part> parts = page.parts().stream().filter(PageLayout::isInOutline).toList();
    if (parts.size() < 2) {
      return "";
    }
    StringBuilder all = new StringBuilder("<aside aria-label=\"On this page\">\n");
    all.append("<h2>On this page</h2>\n<ul>\n");
    for (Part part : parts) {
      all.append("<li class=\"level-").append(part.level()).append("\"><a href=\"#");
      all.append(part.anchor()).append("\">").append(escape(part.heading())).append("</a></li>\n");
    }
    return all.append("</ul>\n</aside>\n").toString();
  }

  private static boolean isInOutline(Part part) {
    return part.level() == 2 || part.level() == 3;
  }

  private String neighbours(DocsPage page) {
    DocsPage before = navigation.before(page);
    DocsPage after = navigation.after(page);
    StringBuilder all = new StringBuilder("<footer>\n<nav aria-label=\"Neighbours\">\n");
    if (before != null) {
      all.append("<p class=\"before\">Before<br>").append(link(before)).append("</p>\n");
    }
    if (after != null) {
      all.append("<p class=\"after\">Next<br>").append(link(after)).append("</p>\n");
    }
    all.append("</nav>\n<p><a href=\"")
        .append(page.url())
        .append(".md\">This page as Markdown</a>");
    return all.append("</p>\n</footer>\n").toString();
  }

  private static String link(DocsPage page) {
    return "<a href=\"" + page.url() + "\">" + escape(page.title()) + "</a>";
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
