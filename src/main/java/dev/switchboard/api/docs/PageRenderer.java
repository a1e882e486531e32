package dev.switchboard.api.docs;

import dev.switchboard.api.docs.DocsPage.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Renders Markdown pages as HTML. HTML inside a page, such as a comment, is left out. */
final class PageRenderer {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());

  private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
  private final PageLinks links;

  PageRenderer(PageLinks links) {
    this.links = links;
  }

  DocsPage render(SourcePage source) {
    Node document = parser.parse(source.markdown());
    Outline outline = new Outline();
    document.accept(outline);
    outline.html.forEach(Node::unlink);
    outline.links.forEach(link -> links.rewrite(source, link));
    outline.images.forEach(image -> links.rewrite(source, image));
    outline.ids.forEach(PageRenderer::addAnchor);
    List<Part> parts = outline.parts();
    if (parts.isEmpty()) {
      throw new IllegalStateException(source.file() + ": begin it with its title, # and a text");
    }
    return new DocsPage(
        source, parts.get(0).heading(), outline.purpose(), html(document, outline.ids), parts);
  }

  private static void addAnchor(Heading heading, String id) {
    if (heading.getLevel() > 1) {
      Link anchor = new Link("#" + id, null);
      anchor.appendChild(new Text("#"));
      heading.appendChild(anchor);
    }
  }

  private static String html(Node document, Map<Heading, String> ids) {
    return HtmlRenderer.builder()
        .extensions(EXTENSIONS)
        .attributeProviderFactory(context -> (node, tag, to) -> addAttributes(node, tag, to, ids))
        .build()
        .render(document)
        // Wide tables scroll inside their frame, also by keyboard.
        .replace("<table>", "<div class=\"table\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>");
  }

  private static void addAttributes(
      Node node, String tag, Map<String, String> attributes, Map<Heading, String> ids) {
    if (node instanceof Heading heading && ids.containsKey(heading)) {
      attributes.put("id", ids.get(heading));
    } else if (node instanceof Image) {
      attributes.put("loading", "lazy");
    } else if (tag.equals("pre")) {
      attributes.put("tabindex", "0");
    } else if (node instanceof Link && node.getParent() instanceof Heading) {
      attributes.put("class", "anchor");
      attributes.put("aria-label", "Link to this section");
    }
  }

  /** What a page consists of, collected in its order. */
  private static final class Outline extends AbstractVisitor {
    final List<Node> html = new ArrayList<>();
    final List<Link> links = new ArrayList<>();
    final List<Image> images = new ArrayList<>();
    final Map<Heading, String> ids = new HashMap<>();
    private final IdGenerator generator = IdGenerator.builder().build();
    private final List<Heading> headings = new ArrayList<>();
    private final List<StringBuilder> texts = new ArrayList<>();
    private final StringBuilder purpose = new StringBuilder();
    private StringBuilder text = new StringBuilder();

    List<Part> parts() {
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < headings.size(); i++) {
        Heading heading = headings.get(i);
        String[] lines = texts.get(i).toString().split("\n", 2);
        String rest = lines.length > 1 ? lines[1].replaceAll("\\s+", " ").strip() : "";
        parts.add(
            new Part(ids.getOrDefault(heading, ""), lines[0].strip(), heading.getLevel(), rest));
      }
      return parts;
    }

    String purpose() {
      String line = purpose.toString().replaceAll("\\s+", " ").strip();
      int end = line.indexOf(". ");
      return end < 0 ? line : line.substring(0, end + 1);
    }

    @Override
    public void visit(Heading heading) {
      text = new StringBuilder();
      visitChildren(heading);
      headings.add(heading);
      texts.add(text);
      ids.put(heading, generator.generateId(text.toString().strip()));
      text.append('\n');
    }

    @Override
    public void visit(Paragraph paragraph) {
      boolean first = purpose.isEmpty() && headings.size() == 1;
      int from = text.length();
      visitChildren(paragraph);
      if (first) {
        purpose.append(text, from, text.length());
      }
      text.append('\n');
    }

    @Override
    public void visit(Link link) {
      links.add(link);
      visitChildren(link);
    }

    @Override
    public void visit(Image image) {
      images.add(image);
      visitChildren(image);
    }

    @Override
    public void visit(Text node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(Code code) {
      text.append(code.getLiteral());
    }

    @Override
    public void visit(FencedCodeBlock code) {
      text.append(code.getLiteral()).append('\n');
    }

    @Override
    public void visit(SoftLineBreak end) {
      text.append(' ');
    }

    @Override
    public void visit(ListItem item) {
      visitChildren(item);
      text.append('\n');
    }

    @Override
    public void visit(CustomNode node) {
      visitChildren(node);
      if (node instanceof TableCell) {
        text.append(' ');
      }
    }

    @Override
    public void visit(HtmlBlock block) {
      html.add(block);
    }

    @Override
    public void visit(HtmlInline inline) {
      html.add(inline);
    }
  }
}
