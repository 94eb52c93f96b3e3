"""The parts of ``procurement.domain.neutrality``: folding, words, spellings, boundaries."""
