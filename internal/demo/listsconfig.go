package demo

// listSources are the sources of the further lists; every file is named as it
// stands in the folder.
const listSources = `  - name: organisation
    type: table
    settings:
      file: Organisation.csv
      record: org_unit
      columns:
        name: Enhet
        kind: {header: Slag, values: {Förvaltning: forvaltning, Kommun: kommun}}
        headcount: Antal anställda
        turnover_sek: Omsättning
        "role:information_security": {header: Informationssäkerhetssamordnare, holder: title}
        "role:data_protection": {header: Dataskyddsombud, holder: title}
  - name: utrustning
    type: table
    settings:
      file: Utrustning.csv
      record: asset
      id: [Inventarienummer]
      columns:
        kind: Enhetstyp
        status: Status
        user_category: Användare
        org_unit: Förvaltning
        purchased_on: Inköpt
        image: Plattform
        managed: Centralt skött
        vpn: Säker fjärranslutning
        ipv6: IPv6
        network_zone: Nätzon
        host: Fysisk värd
  - name: tjanster
    type: table
    settings:
      file: Tjanster.csv
      record: service
      columns:
        name: Namn
        kind: Slag
        org_unit: Förvaltning
        in_use: I bruk
        suitable: Lämplig som e-tjänst
        own_built: Egen
        ordered_on: Beställd
        launched_on: Lanserad
        scope: Omfattning
        how_to_order: Så beställs den
        lead_time_h: Ledtid timmar
        how_to_report: Så anmäls fel
        response_h: Svarstid timmar
        price_sek: Pris
        how_to_cancel: Så sägs den upp
        eid: E-legitimation
        automated: Automatiserad
        prefill: Förifylld
        system: Integrerat system
        process_mapped: Process kartlagd
        benefit_analysis: Nytta analyserad
        cases_digital: Digitala ärenden
        cases_total: Alla ärenden
        dev_cost_sek: Utvecklingskostnad
        annual_cost_sek: Driftkostnad
        channel: Kanaler
  - name: ekonomi
    type: table
    settings:
      file: Ekonomi.csv
      record: cost
      id: ["*"]
      covers: all
      columns:
        booked_at: Bokföringsdatum
        org_unit: Förvaltning
        amount_sek: Belopp
        budget_sek: Budget
        kind: Kostnadsslag
        category: {header: Kategori, values: {Nät: network, Säkerhet: security}}
        allocation_model: Fördelningsmodell
        payer: Betalare
        supplier: Leverantör
        account_code: Konto
  - name: projekt
    type: table
    settings:
      file: Projekt.csv
      record: project
      id: [Projektnamn, Startat]
      columns:
        name: Projektnamn
        org_unit: Förvaltning
        model: Projektmodell
        status: Status
        planned_start: Planerad start
        planned_end: Planerat slut
        started_on: Startat
        ended_on: Avslutat
        final_report_on: Slutrapport
        board_reported_on: Redovisat i nämnd
        budget_sek: Budget
        cost_sek: Kostnad
        benefit_sek: Nytta per år
        run_cost_sek: Driftkostnad per år
        benefit_realised_sek: Realiserad nytta per år
        benefit_method: Nyttometod
        benefit_calc_on: Nytta beräknad
        post_calc_on: Efterkalkyl
  - name: uppfoljning
    type: table
    settings:
      file: Uppfoljning.csv
      record: control
      id: [Slag, Benämning]
      columns:
        kind: Slag
        name: Benämning
        subject: Gäller
        system: System
        org_unit: Förvaltning
        forum: Forum
        document_type: Dokumenttyp
        adopted_at: Beslutat
        valid_until: Gäller till
        planned_at: Planerat
        held_at: Hållet
        next_due: Senast
        issued_at: Utfärdat
        closed_at: Åtgärdat
        status: Läge
        it_involved: It medverkade
        energy_req: Energikrav
        before_contract: Före avtal
        classified_first: Klassat före
        it_on_agenda: It på dagordningen
        completed: Genomfört
        population: Av
        auditor: Revisor
        supplier: Leverantör
        reference: Nr
        responsible_role: Ansvarig roll
        decision_ref: Beslut
        measured_by: Mäts med
  - name: enkater
    type: table
    settings:
      file: Enkater.csv
      record: assessment
      id: ["*"]
      covers: all
      columns:
        framework: Undersökning
        framework_version: Version
        area: Område
        subject: Gäller
        org_unit: Förvaltning
        system: System
        assessed_at: Datum
        period: Period
        assessor: Bedömare
        score: Poäng
        scale_min: Lägst
        scale_max: Högst
        respondents: Antal svar
  - name: storningar
    type: table
    settings:
      file: Storningar.csv
      record: observation
      id: [Id]
      covers: all
      columns:
        kind: Störningstyp
        started_at: Avbrott från
        ended_at: Avbrott till
        site: Plats
        org_unit: Förvaltning
        planned: Planerat
        cause: Orsak
        users: Antal berörda
        opening: {header: Öppet, values: {Dygnet runt: always}}
`
