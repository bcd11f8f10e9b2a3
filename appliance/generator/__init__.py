"""A living, invented centre: people, visits, medicines and months, written through the services that people use."""
