package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.gguf.GgufConfig;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufTokenizer;
import java.util.List;
import java.util.Optional;

/** A model in a GGUF file. */
record GgufSource(
        byte[] config, byte[] tokenizer, TensorSource tensors, List<ModelBytes> files, Optional<ChatTemplate> chat)
        implements ModelSource {

    static GgufSource open(ModelBytes bytes) {
        GgufFile file = GgufFile.parse(bytes.name(), bytes.data());
        return new GgufSource(
                Json.MAPPER.writeValueAsBytes(GgufConfig.of(file)),
                GgufTokenizer.of(file),
                GgufTensors.of(file),
                List.of(bytes),
                ChatTemplate.of(file));
    }
}
