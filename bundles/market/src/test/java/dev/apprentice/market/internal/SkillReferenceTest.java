package dev.apprentice.market.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.SkillReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkillReferenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"prose", "ada/prose", "home/ada/prose", "prose@1.0.0", "home/ada/prose-two@10.20.30"})
    void namesOfSkillsAreRead(String text) {
        assertThat(SkillReference.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Prose", "../prose", "a/b/c/d", "prose@1", "prose@", "@1.0.0", "prose--x", "prose.jar", "a b"
            })
    void whatNamesNoSkillIsRefused(String text) {
        assertThatThrownBy(() -> SkillReference.parse(text))
                .isInstanceOf(MarketException.class)
                .hasMessageContaining("names no skill");
    }
}
