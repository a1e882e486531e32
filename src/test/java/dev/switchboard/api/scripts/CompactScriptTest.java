package dev.switchboard.api.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompactScriptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "const a = 1; // why | const a=1;",
        "/** Doc. */ function f(/** @type {any} */ a, b) { return a; } | function f(a,b){return a}",
        "a = b / c / d; | a=b/c/d;",
        "a = b / /[/]\\/ */.source; | a=b/ /[/]\\/ */.source;",
        "return /a  b/.test(c) in d | return /a  b/.test(c)in d",
        "a = (b) / c; x = [/d/ , /e/g] | a=(b)/c;x=[/d/,/e/g]",
        "a + +b - -c + ++d | a+ +b- -c+ ++d",
        "a++ + b | a++ +b",
        "f({ a: 1, b: [2, 3,], }, ) | f({a:1,b:[2,3,]})",
        "s = '//' + \"/*\" + '\\'  \\'' | s=\"//\"+\"/*\"+'\\'  \\''",
        "s = 'a  b' + 'say \"c\"' | s=\"a  b\"+'say \"c\"'",
        "t = `a  // ${b ? `c  ${ d } ` : { e : 1 }.e}  f` | t=`a  // ${b?`c  ${d} `:{e:1}.e}  f`",
        "this.#a = this.#b ?? 1_000 | this.#a=this.#b??1_000",
        "async (a) => { await b; } | async(a)=>{await b}",
        "typeof a === 'b' && void 0 | typeof a===\"b\"&&void 0",
        "f`\\`  ${'`'}` | f`\\`  ${\"`\"}`"
      })
  void onlyWhatMeansNothingIsLeftOut(String script, String compact) {
    assertThat(CompactScript.of(script)).isEqualTo(compact);
    assertThat(CompactScript.of(compact)).isEqualTo(compact);
  }

  @Test
  void elementsKeepTheWhiteSpaceThatIsSeen() {
    String script =
        """
        html`
          <p class="a  b"
            id=${ id }   hidden
          >
            Two  words and
              ${ more } here, <b>bold</b> text
            ${list.map((one) => html`<li key=${one}>
              ${one} <i>of</i>
              ${all}
            </li>`)}
          </p>
          <br />
        `""";

    assertThat(CompactScript.of(script))
        .isEqualTo(
            "html`<p class=\"a  b\" id=${id}   hidden>Two  words and${more} here, <b>bold</b>"
                + " text${list.map((one)=>html`<li key=${one}>${one} <i>of</i>${all}</li>`)}"
                + "</p><br/>`");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a = 'b", "a = `b", "a = `${b", "a /* b", "a = /b", "a = 'b\\"})
  void whatHasNoEndIsRefused(String script) {
    assertThatThrownBy(() -> CompactScript.of("let a;\n" + script))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 2 has no end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "/* Text */ .a,  .b > .c { color : red; margin: 0 auto ; } | .a,.b > .c{color :red;margin:0 auto}",
        ".a :focus { --b: calc(1px + 2px) } | .a :focus{--b:calc(1px + 2px)}",
        ".a::before { content: '; /* } */  '; } | .a::before{content:'; /* } */  '}",
        "@media (max-width: 60rem) { .a { b: c } } | @media (max-width:60rem){.a{b:c}}"
      })
  void styleSheetsLoseCommentsAndLines(String style, String compact) {
    assertThat(CompactStyle.of(style)).isEqualTo(compact);
    assertThat(CompactStyle.of(compact)).isEqualTo(compact);
  }
}
