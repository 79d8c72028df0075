package dev.apprentice.skills.internal;

import dev.apprentice.model.AdapterSpec;

/** What a skill's learning starts from, as its descriptor says. */
sealed interface StartingAdapter {

    /** A trained adapter in PEFT form in a folder of the archive. It must have an effect. */
    record Shipped(String folder) implements StartingAdapter {}

    /** Nothing yet: a new adapter without effect, for all to be learned here. Said openly, so that it is no adapter that silently does nothing. */
    record Blank(AdapterSpec spec) implements StartingAdapter {}
}
