"""Frozen facts of a case: the only thing a rule may read, and what a snapshot keeps.

Three sorts, by how they come about:

* *documents* are filled in and saved whole, version by version (budget sheet, requirements
  definition, route, contract terms, ending plan);
* *records* happened at a time and are only ever added (quotes, questions, registrations, monthly
  figures, faults, confirmations);
* *structures* are held together by the database (runs and results, the final run, criteria,
  scores, outcomes, the award, approvals).
"""

from procurement.domain.facts.budget import BudgetSheet
from procurement.domain.facts.case import CaseFacts, CaseHead, EvidenceFacts, Institution
from procurement.domain.facts.contract import ContractFacts, ContractTerms
from procurement.domain.facts.definition import DefinitionFacts, RequirementsDefinition
from procurement.domain.facts.ending import EndingFacts, EndingPlan
from procurement.domain.facts.monitoring import MonitoringFacts
from procurement.domain.facts.registration import RegistrationFacts
from procurement.domain.facts.search import SearchFacts
from procurement.domain.facts.selection import SelectionFacts
from procurement.domain.facts.sourcing import SourcingChoice

__all__ = [
    "BudgetSheet",
    "CaseFacts",
    "CaseHead",
    "ContractFacts",
    "ContractTerms",
    "DefinitionFacts",
    "EndingFacts",
    "EndingPlan",
    "EvidenceFacts",
    "Institution",
    "MonitoringFacts",
    "RegistrationFacts",
    "RequirementsDefinition",
    "SearchFacts",
    "SelectionFacts",
    "SourcingChoice",
]
