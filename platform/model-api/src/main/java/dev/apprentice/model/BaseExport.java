package dev.apprentice.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Writes the base model that is loaded for other programs. */
public interface BaseExport {
    /**
     * Writes it.
     *
     * @param target a file or a folder that is not there yet
     * @throws ModelException if it is there, cannot be written, or the format cannot hold the model; nothing is left then
     */
    void write(Format format, Path target);

    /** In what form. */
    enum Format {
        /** One file, as llama.cpp reads it. Every tensor keeps its type. */
        GGUF,
        /**
         * A folder in Hugging Face layout: {@code config.json}, {@code tokenizer.json}, {@code model.safetensors}. Tensors in blocks of few
         * bits, which safetensors cannot hold, become float32, without a loss.
         */
        SAFETENSORS;

        /** What people call it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The format of a name; any other is refused. */
        public static Format parse(String label) {
            return Arrays.stream(values())
                    .filter(format -> format.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new ModelException(
                            ModelException.Code.BAD_REQUEST,
                            "A base model cannot be exported as '" + label + "': say gguf or safetensors"));
        }
    }
}
