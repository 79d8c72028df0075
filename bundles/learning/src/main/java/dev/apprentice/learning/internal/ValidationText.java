package dev.apprentice.learning.internal;

import dev.apprentice.learning.Validation;
import dev.apprentice.learning.Validation.Pair;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes a validation as seven numbers and reads it back. */
final class ValidationText {
    private ValidationText() {}

    static @Nullable String write(@Nullable Validation validation) {
        if (validation == null) {
            return null;
        }
        return validation.trainLoss() + " " + write(validation.personal()) + " " + write(validation.general()) + " "
                + write(validation.publisher());
    }

    private static String write(Pair pair) {
        return pair.before() + " " + pair.after();
    }

    static @Nullable Validation read(@Nullable String text) {
        if (text == null) {
            return null;
        }
        double[] numbers = Arrays.stream(text.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        return new Validation(
                numbers[0],
                new Pair(numbers[1], numbers[2]),
                new Pair(numbers[3], numbers[4]),
                new Pair(numbers[5], numbers[6]));
    }
}
