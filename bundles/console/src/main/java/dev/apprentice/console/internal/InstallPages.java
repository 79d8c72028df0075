package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Exchange.Upload;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillOffer;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import java.time.InstantSource;
import java.util.List;

/** Installs what was uploaded, and asks before that if the skill wants permissions that nobody has agreed to. */
public final class InstallPages {
    private final Templates templates;
    private final ShelfPage shelf;
    private final Skills skills;
    private final PendingUploads pending = new PendingUploads(InstantSource.system());

    InstallPages(Templates templates, ShelfPage shelf, Skills skills) {
        this.templates = templates;
        this.shelf = shelf;
        this.skills = skills;
    }

    void contribute(Routes routes) {
        routes.post("/skills", Access.BROWSER, this::upload);
        routes.post("/skills/consent", Access.BROWSER, this::consent);
    }

    private void upload(Exchange exchange) {
        Upload jar = upload(exchange, "jar");
        SkillPackage file = new SkillPackage(
                jar.fileName(), jar.content(), upload(exchange, "signature").content());
        try {
            SkillOffer offer = skills.examine(file);
            if (offer.newPermissions().isEmpty()) {
                install(exchange, file, Consent.NONE);
            } else {
                Frame frame = Frame.of(exchange, "Install", Section.SKILLS);
                templates.answer(exchange, 200, "consent.jte", new View(frame, offer, pending.keep(file)));
            }
        } catch (SkillException e) {
            shelf.refuse(exchange, Problems.asHttp(e).status(), Notice.refused(e));
        }
    }

    /** The form sends back what its page showed, so that a user agrees to nothing that was not shown. */
    private void consent(Exchange exchange) {
        try {
            SkillPackage file = pending.take(exchange.form("upload").orElse(""))
                    .orElseThrow(() -> new SkillException(
                            SkillException.Code.NOT_FOUND,
                            "The upload is no longer kept, or was installed already: choose the files again"));
            String labels = exchange.form("permissions").orElse("");
            install(exchange, file, Consent.to(List.of(labels.split(","))));
        } catch (SkillException e) {
            shelf.refuse(exchange, Problems.asHttp(e).status(), Notice.refused(e));
        }
    }

    private void install(Exchange exchange, SkillPackage file, Consent consent) {
        InstalledSkill skill = skills.install(file, consent);
        shelf.show(
                exchange,
                Notice.done(skill.name() + " " + skill.version() + " by " + skill.publisher() + " is installed."));
    }

    private static Upload upload(Exchange exchange, String field) {
        return exchange.uploads().stream()
                .filter(upload -> upload.field().equals(field))
                .findFirst()
                .orElse(new Upload(field, "", new byte[0]));
    }

    /**
     * What the template shows.
     *
     * @param upload name under which the file waits
     */
    public record View(Frame frame, SkillOffer offer, String upload) {
        /** Labels of what the user agrees to. */
        public String labels() {
            return String.join(
                    ",", offer.newPermissions().stream().map(Permission::label).toList());
        }
    }
}
