package dev.apprentice.model;

/**
 * An adapter in the form of Hugging Face PEFT.
 *
 * @param config {@code adapter_config.json}
 * @param tensors {@code adapter_model.safetensors}
 */
public record AdapterFiles(byte[] config, byte[] tensors) {}
