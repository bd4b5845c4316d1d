//! The reasoning effort of a model.

words! {
    /// How much a model reasons before it answers; missing and `null` mean the model's default.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Effort, expected "`none`, `low`, `medium` or `high`" {
        /// No reasoning, where the model allows that.
        "none" => None,
        /// Little reasoning.
        "low" => Low,
        /// Moderate reasoning.
        "medium" => Medium,
        /// Much reasoning.
        "high" => High,
    }
}

impl Effort {
    /// All efforts, in rising order.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];
}
