package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearningException;
import dev.apprentice.model.ModelException;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillException.Code;
import dev.apprentice.store.StoreException;
import java.util.List;

/** Says of any failure why it keeps a skill out. */
final class Refusal {
    private Refusal() {}

    static SkillException admission(String message) {
        return new SkillException(Code.ADMISSION, message);
    }

    static SkillException consent(SkillDescriptor descriptor, List<Permission> unconsented) {
        StringBuilder asked = new StringBuilder();
        StringBuilder options = new StringBuilder();
        for (Permission permission : unconsented) {
            asked.append(asked.isEmpty() ? "" : "; ")
                    .append(permission.label())
                    .append(" (it ")
                    .append(permission.meaning())
                    .append(')');
            options.append(" --allow ").append(permission.label());
        }
        return new SkillException(
                Code.CONSENT,
                descriptor.id() + " " + descriptor.version()
                        + " asks for permissions that nobody has agreed to on this machine: " + asked
                        + ". If you agree, install it again with" + options);
    }

    static SkillException of(Throwable failure) {
        return switch (failure) {
            case SkillException refusal -> refusal;
            case SigningException refusal ->
                new SkillException(signing(refusal.code()), String.valueOf(refusal.getMessage()), refusal);
            case ModelException refusal ->
                new SkillException(Code.INCOMPATIBLE, String.valueOf(refusal.getMessage()), refusal);
            case LearningException refusal ->
                new SkillException(learning(refusal.code()), String.valueOf(refusal.getMessage()), refusal);
            case StoreException refusal ->
                new SkillException(Code.FAILED, String.valueOf(refusal.getMessage()), refusal);
            default ->
                new SkillException(
                        Code.FAILED,
                        "The skill could not be changed (" + failure + "): see the log, mend the cause and try again",
                        failure);
        };
    }

    private static Code signing(SigningException.Code code) {
        return switch (code) {
            case ARCHIVE -> Code.ARCHIVE;
            case STORAGE, FAILED -> Code.FAILED;
            case UNSIGNED, MALFORMED, ALGORITHM, CERTIFICATE, UNTRUSTED, WRONG_FILE -> Code.SIGNATURE;
        };
    }

    private static Code learning(LearningException.Code code) {
        return switch (code) {
            case REFUSED -> Code.PROBE;
            case NOT_FOUND -> Code.NOT_FOUND;
            case NOTHING_TO_DO, BUSY, FAILED -> Code.FAILED;
        };
    }
}
