package dev.apprentice.skills.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.skill.SkillExtension;
import dev.apprentice.skill.SkillPrompt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SkillCodeTest {
    @Test
    void exceptionFallsBackToPlainText() {
        SkillCode code = new SkillCode("test", new SkillExtension() {
            @Override
            public String prepare(SkillPrompt prompt) {
                throw new StackOverflowError();
            }
        });
        assertThat(code.prepare(new SkillPrompt("plain", ""))).isEqualTo("plain");
        assertThat(code.finish("answer")).isEqualTo("answer");
    }

    @Test
    void endlessLoopFallsBackAndIsNotCalledAgain() {
        AtomicInteger calls = new AtomicInteger();
        SkillCode code = new SkillCode("test", new SkillExtension() {
            @Override
            public String finish(String answer) {
                calls.incrementAndGet();
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
                return "late";
            }
        });
        assertThat(code.finish("plain")).isEqualTo("plain");
        assertThat(code.finish("again")).isEqualTo("again");
        assertThat(calls).hasValue(1);
    }
}
