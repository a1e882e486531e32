package dev.switchboard.api.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.api.docs.DocsPage.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From Markdown to pages, their parts and their order. */
class PageRendererTest {
  private static final SourcePage OTHER =
      new SourcePage(
          "reference/limits", "src/docs/reference/limits.md", "# Limits\n\nAll limits.\n");

  private static DocsPage render(String markdown) {
    SourcePage page = new SourcePage("guides/a", "src/docs/guides/a.md", markdown);
    return new PageRenderer(new PageLinks(List.of(page, OTHER), List.of("images/x.png")))
        .render(page);
  }

  @Test
  void titleAndPurposeAreRead() {
    DocsPage page = render("# Use `a`\n\nWhat [a](#b) is\nfor. And more.\n\n## B\n\nText.\n");

    assertThat(page.title()).isEqualTo("Use a");
    assertThat(page.purpose()).isEqualTo("What a is for.");
    assertThat(page.parts())
        .containsExactly(
            new Part("use-a", "Use a", 1, "What a is for. And more."),
            new Part("b", "B", 2, "Text."));
  }

  @Test
  void headingsHaveTheIdsOfForges() {
    assertThat(render("# A\n\nB.\n\n## Stop: `x` & y\n\n## Stop: `x` & y\n").html())
        .contains("<h2 id=\"stop-x--y\">", "<h2 id=\"stop-x--y-1\">");
  }

  @Test
  void linksLeadToPathsOfTheServer() {
    String html =
        render(
                "# A\n\n[limits](../reference/limits.md#x) [api](../../main/resources/openapi.yaml)"
                    + " [here](#b) [far](https://example.com/a.md)\n")
            .html();

    assertThat(html)
        .contains(
            "<a href=\"/docs/reference/limits#x\">limits</a>",
            "<a href=\"/openapi.yaml\">api</a>",
            "<a href=\"#b\">here</a>",
            "<a href=\"https://example.com/a.md\">far</a>");
  }

  @Test
  void linkToAFileThatIsNotServedIsItsText() {
    assertThat(render("# A\n\nSee [`conf/a.json`](../../../conf/a.json) first.\n").html())
        .contains("<p>See <code>conf/a.json</code> first.</p>");
  }

  @Test
  void imagesAreThoseOfTheServer() {
    assertThat(render("# A\n\nB.\n\n![C d](../images/x.png)\n").html())
        .contains("<img src=\"/docs/images/x.png\" alt=\"C d\" loading=\"lazy\" />");
    assertThatThrownBy(() -> render("# A\n\nB.\n\n![C](../images/y.png)\n"))
        .hasMessageContaining("src/docs/guides/a.md: there is no ../images/y.png");
  }

  @Test
  void htmlIsLeftOut() {
    String html =
        render("# A\n\nB <b onclick=x>c</b>.\n\n<!-- settings:a -->\n\n<script>\n").html();

    assertThat(html).contains("<p>B c.</p>").doesNotContain("settings", "script", "onclick");
  }

  @Test
  void tablesAndCodeCanBeScrolledByKeyboard() {
    assertThat(render("# A\n\nB.\n\n| a |\n|---|\n| `<table>` |\n\n```sh\nls\n```\n").html())
        .contains(
            "<div class=\"table\" tabindex=\"0\"><table>",
            "<code>&lt;table&gt;</code>",
            "<pre tabindex=\"0\"><code class=\"language-sh\">ls");
  }

  @Test
  void pageWithoutATitleIsRefused() {
    assertThatThrownBy(() -> render("Text.\n"))
        .hasMessageContaining("src/docs/guides/a.md")
        .hasMessageContaining("title");
  }

  @Test
  void navigationFollowsTheOrderAndPutsTheRestBehindIt() {
    List<DocsPage> pages =
        List.of(
            at("b/second", "Z"),
            at("b/first", "Y"),
            at("b/group/inner", "A"),
            at("b/unlisted", "B"),
            at("a/one", "One"),
            at("news", "News"));

    Navigation navigation = new Navigation(pages, List.of("b", "b/first", "b/second", "a"));

    assertThat(navigation.sections().stream().map(Navigation.Section::title))
        .containsExactly("B", "A", "More");
    assertThat(navigation.pages().stream().map(page -> page.source().path()))
        .containsExactly("b/first", "b/second", "b/unlisted", "b/group/inner", "a/one", "news");
    assertThat(navigation.sections().get(0).groups()).containsOnlyKeys("Group");
    assertThat(navigation.after(pages.get(1))).isEqualTo(pages.get(0));
    assertThat(navigation.before(pages.get(1))).isNull();
  }

  private static DocsPage at(String path, String title) {
    SourcePage source = new SourcePage(path, "src/docs/" + path + ".md", "");
    return new DocsPage(source, title, "", "", List.of());
  }
}
