from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from labeling.services.labels import labels_listen
        from overread.projects.policies import policy_register

        policy_register("recipe", "training.services.policies.recipe_check")
        policy_register("gate_policy", "training.services.policies.gate_policy_check")
        labels_listen("training.due")
