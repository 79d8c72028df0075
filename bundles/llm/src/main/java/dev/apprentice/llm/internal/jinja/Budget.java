package dev.apprentice.llm.internal.jinja;

import java.util.List;
import java.util.Map;

/** What a rendering may cost; a template comes from a downloaded file and may be hostile. */
final class Budget {
    /** Each character or element that is read or made counts one; a second at the most. */
    private static final long MOST = 64_000_000;

    /** What a step costs beside. */
    private static final long STEP = 16;

    private static final int DEEPEST = 500;
    private static final int DEEPEST_VALUE = 64;

    private long spent;
    private int depth;

    void spend(long cost) {
        spent += cost;
        if (spent > MOST) {
            throw JinjaException.template("takes too long or makes too much");
        }
    }

    void step() {
        spend(STEP);
    }

    /** Pays for going through all of a value before it is done: values may share parts, and so be larger than all that was made. */
    void weigh(Object value) {
        weigh(value, 0);
    }

    private void weigh(Object value, int level) {
        if (level > DEEPEST_VALUE) {
            throw JinjaException.template("nests values too deeply");
        }
        switch (value) {
            case String text -> spend(text.length());
            case List<?> list -> {
                spend(list.size());
                list.forEach(item -> weigh(item, level + 1));
            }
            case Map<?, ?> map -> {
                spend(2L * map.size());
                map.forEach((key, item) -> {
                    weigh(key, level + 1);
                    weigh(item, level + 1);
                });
            }
            default -> {}
        }
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw JinjaException.template("calls or nests too deeply");
        }
    }

    void leave() {
        depth--;
    }
}
