package dev.apprentice.console.internal;

import dev.apprentice.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds every page.
 *
 * @param section the entry of the menu that the page belongs to
 * @param csrf for the page's forms
 * @param notice what became of the change that was asked for
 */
public record Frame(
        String title,
        Section section,
        String csrf,
        @Nullable Notice notice) {
    static Frame of(Exchange exchange, String title, Section section) {
        return new Frame(title, section, exchange.csrfToken(), null);
    }

    Frame with(Notice told) {
        return new Frame(title, section, csrf, told);
    }

    /** Entries of the menu. */
    public enum Section {
        SKILLS("Skills", "/"),
        MARKET("Marketplace", "/market"),
        PUBLISHERS("Publishers", "/publishers"),
        AUDIT("Audit", "/audit"),
        STATUS("Status", "/status");

        private final String label;
        private final String path;

        Section(String label, String path) {
            this.label = label;
            this.path = path;
        }

        public String label() {
            return label;
        }

        public String path() {
            return path;
        }
    }

    /** A message above the page. */
    public record Notice(boolean good, String text) {
        static Notice done(String text) {
            return new Notice(true, text);
        }

        static Notice refused(RuntimeException reason) {
            return new Notice(false, String.valueOf(reason.getMessage()));
        }
    }
}
