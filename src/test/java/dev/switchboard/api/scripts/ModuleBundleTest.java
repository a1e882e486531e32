package dev.switchboard.api.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleBundleTest {
  private final Map<String, String> sources = new TreeMap<>();

  private String bundle() {
    return ModuleBundle.of(sources, "main.js");
  }

  @Test
  void modulesFollowThoseThatTheyNeedAndLibrariesAreImportedOnce() {
    sources.put(
        "main.js",
        """
        /** Entry. */
        import { b, useState } from './b.js';
        import { a } from './a.js';
        import { h } from 'library';

        export function run(x) {
          return h(a, b, useState, x);
        }
        export const version = 1;
        """);
    sources.put(
        "b.js",
        """
        import { a } from './a.js';
        import lib from 'other';
        export { useState } from 'library';
        export const b = lib(a);
        """);
    sources.put("a.js", "export let a = 1;\nfunction hidden() {}\n");
    sources.put("unused.js", "export const unused = 1;");

    assertThat(bundle())
        .isEqualTo(
            """
            import{h,useState}from"library";
            import{default as lib}from"other";
            let a=1;function hidden(){}
            const b=lib(a);
            function run(x){return h(a,b,useState,x)}const version=1;
            export{run,version};
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "import { x } from './other.js'; | main.js imports [x], which other.js does not export",
        "import { x } from './missing.js'; | missing.js is missing",
        "import { circle } from './circle.js'; | modules need each other in a circle",
        "import { taken } from './other.js'; const taken = 1; | taken is declared by other.js and by"
            + " main.js",
        "import { taken as x } from './other.js'; | main.js: modules of pages import as in",
        "import * as x from './other.js'; | main.js: modules of pages import as in",
        "const f = () => import('./other.js'); | main.js: modules of pages import as in",
        "export default 1; | main.js: modules of pages import as in",
        "export * from './other.js'; | main.js: modules of pages import as in",
        "const { x } = y; | main.js: modules of pages import as in"
      })
  void whatCanNotBeOneModuleIsRefused(String main, String message) {
    sources.put("main.js", main);
    sources.put("other.js", "export const taken = 1;");
    sources.put("circle.js", "import { run } from './main.js'; export const circle = run;");

    assertThatThrownBy(this::bundle)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
