"""Code lists of the field: reference data, versioned with the code.

Sources: the elements of a migration partnership as named by D. Dafflon and D. Efionayi (Migration Partnerships, from
words to action); DAC
purpose codes of the OECD CRS.
"""

from __future__ import annotations

from typing import Any


def _terms(code: str, en: str, de: str, fr: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "en": en, "de": de, "fr": fr, **more}


CODE_LISTS: dict[str, list[dict[str, Any]]] = {
    "component_types": [
        _terms("readmission", "readmission agreement", "Rückübernahmeabkommen", "accord de réadmission", dac=None),
        _terms("voluntary_return", "voluntary return assistance", "Rückkehrhilfe", "aide au retour", dac="93010"),
        _terms("reintegration", "reintegration of returnees", "Reintegration", "réintégration", dac="15190"),
        _terms(
            "migration_management",
            "migration management",
            "Migrationsmanagement",
            "gestion des migrations",
            dac="15190",
        ),
        _terms(
            "structural_aid",
            "structural aid and development",
            "Strukturhilfe",
            "aide structurelle",
            dac="51010",
        ),
        _terms(
            "conflict_prevention",
            "conflict prevention",
            "Konfliktprävention",
            "prévention des conflits",
            dac="15220",
        ),
        _terms(
            "conflict_transformation",
            "conflict transformation",
            "Konflikttransformation",
            "transformation des conflits",
            dac="15220",
        ),
        _terms("good_governance", "good governance", "gute Regierungsführung", "bonne gouvernance", dac="15110"),
        _terms("visa_regime", "changes in the visa regime", "Visumsregime", "régime des visas", dac=None),
        _terms("financial_aid", "financial aid", "Finanzhilfe", "aide financière", dac="51010"),
        _terms("education_access", "access to education", "Bildungszugang", "accès à l'éducation", dac="11420"),
        _terms("remittances", "transfer of remittances", "Rücküberweisungen", "transferts de fonds", dac="15190"),
        _terms("asylum_systems", "improving asylum systems", "Asylsysteme", "systèmes d'asile", dac="15190"),
        _terms(
            "irregular_migration",
            "preventing irregular migration",
            "irreguläre Migration",
            "migration irrégulière",
            dac="15190",
        ),
        _terms("resettlement", "resettlement", "Neuansiedlung", "réinstallation", dac=None),
        _terms(
            "capacity_building",
            "institutional and legislative capacity",
            "Kapazitätsaufbau",
            "renforcement des capacités",
            dac="15130",
        ),
        _terms("legal_channels", "information on legal work", "legale Wege", "voies légales", dac="15190"),
        _terms(
            "information_campaign",
            "information campaign",
            "Informationskampagne",
            "campagne d'information",
            dac="15190",
        ),
        _terms("border_management", "border management", "Grenzverwaltung", "gestion des frontières", dac="15130"),
        _terms("dialogue", "migration dialogue", "Migrationsdialog", "dialogue migratoire", dac="15190"),
        _terms(
            "regional_migration_management",
            "migration management of a region",
            "regionales Migrationsmanagement",
            "gestion régionale des migrations",
            dac="15190",
        ),
        _terms("trafficking", "action against trafficking", "Menschenhandel", "traite des êtres humains", dac="15190"),
        _terms(
            "diaspora", "diaspora and development", "Diaspora und Entwicklung", "diaspora et développement", dac="15190"
        ),
        _terms("integration", "integration", "Integration", "intégration", dac=None),
        _terms(
            "further_elements",
            "further elements of interest to a side",
            "weitere Elemente",
            "autres éléments",
            dac=None,
        ),
    ],
    "vulnerabilities": [
        _terms("unaccompanied_child", "unaccompanied child", "unbegleitetes Kind", "enfant non accompagné"),
        _terms("trafficking", "survivor of trafficking", "Opfer von Menschenhandel", "victime de la traite"),
        _terms("medical", "medical need", "medizinischer Bedarf", "besoin médical"),
        _terms("pregnancy", "pregnancy", "Schwangerschaft", "grossesse"),
        _terms("single_parent", "single parent", "alleinerziehend", "parent seul"),
        _terms("elderly", "elderly", "betagt", "âgé"),
        _terms("disability", "disability", "Behinderung", "handicap"),
        _terms("violence_survivor", "survivor of violence", "Gewaltopfer", "victime de violence"),
    ],
    "measure_categories": [
        _terms("business", "business start-up", "Existenzgründung", "création d'entreprise"),
        _terms("housing", "housing", "Wohnen", "logement"),
        _terms("medical", "medical support", "medizinische Hilfe", "soins médicaux"),
        _terms("psychosocial", "psychosocial support", "psychosoziale Hilfe", "soutien psychosocial"),
        _terms("education", "education and language", "Bildung und Sprache", "éducation et langue"),
        _terms("training", "training", "Ausbildung", "formation"),
        _terms("job_search", "job search", "Stellensuche", "recherche d'emploi"),
        _terms(
            "legal_social",
            "legal and social advice",
            "Rechts- und Sozialberatung",
            "conseil juridique et social",
        ),
        _terms("family_reunification", "family reunification", "Familienzusammenführung", "regroupement familial"),
    ],
    "recipient_roles": [
        _terms("identity_verification", "identity verification", "Identitätsprüfung", "vérification d'identité"),
        _terms("travel_documents", "travel documents", "Reisepapiere", "documents de voyage"),
        _terms("reception", "reception", "Empfang", "accueil"),
        _terms("child_protection", "child protection", "Kindesschutz", "protection de l'enfance"),
        _terms("specialised_support", "specialised support", "spezialisierte Hilfe", "soutien spécialisé"),
        _terms("employment", "employment and training", "Arbeit und Ausbildung", "emploi et formation"),
        _terms("health", "health", "Gesundheit", "santé"),
        _terms(
            "reintegration_coordination",
            "reintegration coordination",
            "Reintegrationskoordination",
            "coordination",
        ),
        _terms("statistics", "statistics", "Statistik", "statistique"),
        _terms("partnership_dialogue", "partnership dialogue", "Partnerschaftsdialog", "dialogue de partenariat"),
    ],
}
COMPONENT_TYPES = tuple(entry["code"] for entry in CODE_LISTS["component_types"])


def suggested_dac_code(component_type: str) -> str | None:
    """The DAC purpose code that usually fits a type of component; None where the money is usually no aid."""
    return next((entry["dac"] for entry in CODE_LISTS["component_types"] if entry["code"] == component_type), None)
