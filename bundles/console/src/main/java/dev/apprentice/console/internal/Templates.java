package dev.apprentice.console.internal;

import dev.apprentice.http.Exchange;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/** Renders the compiled templates; they escape every value for the place where it stands. */
final class Templates {
    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Templates.class.getClassLoader(), "dev.apprentice.console.templates");

    /** Answers with a page; the template has the view as its only parameter. */
    void answer(Exchange exchange, int status, String template, Object view) {
        StringOutput html = new StringOutput();
        engine.render(template, view, html);
        exchange.answerHtml(status, html.toString());
    }
}
