package dev.apprentice.openai.internal;

import dev.apprentice.model.ChatMessage;
import dev.apprentice.skill.SkillPrompt;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, whichever way.
 *
 * @param messages the conversation that the prompt spells out, for a model that has a template of its own; empty if it is none
 * @param echo what every answer begins with
 * @param maxTokens null for the responder's default
 * @param stops those asked for; null for the responder's default
 * @param alternatives how many likeliest tokens to tell at each place; empty to tell of none
 */
record Question(
        SkillPrompt prompt,
        List<ChatMessage> messages,
        String echo,
        @Nullable Integer maxTokens,
        @Nullable List<String> stops,
        OptionalInt alternatives,
        AskFields fields) {}
