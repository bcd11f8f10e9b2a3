"""Growth of children: z-scores by the WHO standards, and the class of malnutrition."""
