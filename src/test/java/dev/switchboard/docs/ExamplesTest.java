package dev.switchboard.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the code blocks of the documentation say without a node. */
class ExamplesTest {
  @Test
  void blocksAreInLanguagesThatAreTested() {
    // sh, sql: ShellExamplesIT; python, java, go, nginx, ini: ProgramExamplesIT and ReceiversIT;
    // http: ReceiversIT; redis: SecuredRedisIT; html and js: examples.e2e.js; json, yaml: below.
    // text is a drawing, or what a program prints.
    assertThat(CodeBlock.all())
        .extracting(CodeBlock::language)
        .containsOnly(
            "sh", "sql", "python", "java", "go", "nginx", "ini", "http", "redis", "html", "js",
            "json", "yaml", "text");
  }

  @Test
  void blocksOfJsonCanBeRead() {
    List<CodeBlock> blocks = CodeBlock.in("json");

    assertThat(blocks).hasSizeGreaterThan(10);
    assertThat(blocks)
        .allSatisfy(block -> assertThat(isJson(block.text())).as(block.toString()).isTrue());
  }

  @Test
  void blocksOfYamlCanBeRead() {
    assertThat(CodeBlock.in("yaml"))
        .isNotEmpty()
        .allSatisfy(block -> assertThat(yaml(block.text())).as(block.toString()).isNotEmpty());
  }

  private static Map<String, Object> yaml(String text) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
  }

  /** One value, or one in each line, or a part of an object. */
  private static boolean isJson(String text) {
    return isValue(text)
        || text.lines().allMatch(ExamplesTest::isValue)
        || isValue("{" + text + "}");
  }

  private static boolean isValue(String text) {
    try {
      return Json.decodeValue(text) != null;
    } catch (DecodeException malformed) {
      return false;
    }
  }

  @Test
  void configurationsThatAreShownAreAccepted() {
    List<CodeBlock> files =
        CodeBlock.in("json").stream().filter(block -> block.text().startsWith("{ \"")).toList();

    assertThat(files).hasSize(2);
    assertThat(files)
        .allSatisfy(
            file ->
                assertThat(
                        ConfigLoader.bind(file.page(), new JsonObject(file.text()), name -> null))
                    .isNotNull());
  }
}
