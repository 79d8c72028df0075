package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a file.
 *
 * @param shape slowest dimension first, as PyTorch has it; the file has it the other way round
 * @param data a view of the file
 */
public record GgufTensor(DataType type, List<Long> shape, MemorySegment data) {}
