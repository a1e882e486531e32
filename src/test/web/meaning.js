import { transformSync } from 'esbuild';
import htm from 'htm';
import ts from 'typescript';

const build = htm.bind((type, props, ...children) => ({ type, props, children: withoutLines(children) }));

/** White space within text is shown as one space. */
function withoutLines(part) {
  return Array.isArray(part) ? part.map(withoutLines) : typeof part === 'string' ? part.replace(/\s+/g, ' ') : part;
}

/**
 * What a script says, in whatever form it is written: its code, and the elements of its templates. Imports and
 * exports are left out.
 */
export function meaning(script) {
  const source = ts.createSourceFile('script.js', script, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const elements = [];
  const { transformed } = ts.transform(source, [(context) => (root) => withoutTemplates(root, context, elements)]);
  const statements = transformed[0].statements.filter(
    (one) => !ts.isImportDeclaration(one) && !ts.isExportDeclaration(one),
  );
  const printer = ts.createPrinter({ removeComments: true });
  const code = statements.map((one) => printer.printNode(ts.EmitHint.Unspecified, one, source)).join('\n');
  return { code: transformSync(code, { minifyWhitespace: true }).code, elements };
}

/** Puts calls in place of the templates with the tag `html`, and takes `export` from declarations. */
function withoutTemplates(root, context, elements) {
  const { factory } = context;
  const visit = (node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html') {
      const { statics, values } = parts(node.template);
      elements.push(withoutLines(build(statics, ...values.map((_, at) => ({ value: at })))));
      return factory.createCallExpression(
        node.tag,
        [],
        values.map((one) => ts.visitNode(one, visit)),
      );
    }
    return isExport(node) ? undefined : ts.visitEachChild(node, visit, context);
  };
  return ts.visitNode(root, visit);
}

/** The word `export` before a declaration. */
function isExport(node) {
  return node.kind === ts.SyntaxKind.ExportKeyword;
}

function parts(template) {
  if (ts.isNoSubstitutionTemplateLiteral(template)) {
    return { statics: [template.text], values: [] };
  }
  return {
    statics: [template.head.text, ...template.templateSpans.map((span) => span.literal.text)],
    values: template.templateSpans.map((span) => span.expression),
  };
}
