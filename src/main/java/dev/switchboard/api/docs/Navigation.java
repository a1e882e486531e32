package dev.switchboard.api.docs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sections and their pages, in the order in which readers see them. */
final class Navigation {
  /**
   * The pages of one directory.
   *
   * @param name name of the directory; empty for pages in none
   */
  record Section(String name, List<DocsPage> pages) {
    Section {
      pages = List.copyOf(pages);
    }

    String title() {
      return name.isEmpty() ? "More" : titleOf(name);
    }

    /** Returns the pages that are in no group. */
    List<DocsPage> direct() {
      return pages.stream().filter(page -> page.source().group().isEmpty()).toList();
    }

    /** Returns the other pages by the title of their group. */
    Map<String, List<DocsPage>> groups() {
      Map<String, List<DocsPage>> groups = new LinkedHashMap<>();
      for (DocsPage page : pages) {
        String group = page.source().group();
        if (!group.isEmpty()) {
          groups.computeIfAbsent(titleOf(group), title -> new ArrayList<>()).add(page);
        }
      }
      return groups;
    }
  }

  /** Returns the title for a directory: its name with a capital letter. */
  private static String titleOf(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).replace('-', ' ');
  }

  private final List<Section> sections;
  private final List<DocsPage> pages;

  /** Orders {@code pages} by {@code order}; what it does not name comes after, by title. */
  Navigation(List<DocsPage> pages, List<String> order) {
    Map<String, List<DocsPage>> bySection = new LinkedHashMap<>();
    pages.stream()
        .filter(page -> !page.source().path().isEmpty())
        .sorted(
            Comparator.comparingInt((DocsPage page) -> place(order, page.source().path()))
                .thenComparing(DocsPage::title))
        .forEach(
            page ->
                bySection
                    .computeIfAbsent(page.source().section(), name -> new ArrayList<>())
                    .add(page));
    sections =
        bySection.entrySet().stream()
            .map(section -> new Section(section.getKey(), groupsLast(section.getValue())))
            .sorted(Comparator.comparingInt(section -> sectionPlace(order, section)))
            .toList();
    this.pages = sections.stream().flatMap(section -> section.pages().stream()).toList();
  }

  private static List<DocsPage> groupsLast(List<DocsPage> pages) {
    return pages.stream().sorted(Comparator.comparing(page -> page.source().group())).toList();
  }

  /** Pages of no section come last. */
  private static int sectionPlace(List<String> order, Section section) {
    return section.name().isEmpty() ? Integer.MAX_VALUE : place(order, section.name());
  }

  private static int place(List<String> order, String path) {
    int index = order.indexOf(path);
    return index < 0 ? order.size() : index;
  }

  List<Section> sections() {
    return sections;
  }

  /** Returns all pages but the entrance. */
  List<DocsPage> pages() {
    return pages;
  }

  @Nullable DocsPage before(DocsPage page) {
    int index = pages.indexOf(page);
    return index > 0 ? pages.get(index - 1) : null;
  }

  @Nullable DocsPage after(DocsPage page) {
    int index = pages.indexOf(page);
    return index >= 0 && index + 1 < pages.size() ? pages.get(index + 1) : null;
  }
}
