package dev.apprentice.console.internal;

import dev.apprentice.http.Exchange;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/** Renders the compiled templates; they escape every value for the place where it stands. */
final class Templates {
    private final TemplateEngine engine = engine();

    private static TemplateEngine engine() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader bundle = Templates.class.getClassLoader();
        // without a folder of classes, JTE looks in the thread's loader and not in the one it is given
        thread.setContextClassLoader(bundle);
        try {
            return TemplateEngine.createPrecompiled(null, ContentType.Html, bundle, "dev.apprentice.console.templates");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Answers with a page; the template has the view as its only parameter. */
    void answer(Exchange exchange, int status, String template, Object view) {
        StringOutput html = new StringOutput();
        engine.render(template, view, html);
        exchange.answerHtml(status, html.toString().strip() + "\n");
    }
}
