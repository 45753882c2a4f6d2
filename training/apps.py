from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"

    def ready(self) -> None:
        from labeling.services.labels import labels_listen
        from overread.jobs.registry import kind_register, tick_register
        from overread.projects.policies import policy_register

        kind_register(
            "training.run",
            queue="training",
            handler="training.handlers.run",
            on_death="training.services.runs.run_fail",
        )
        kind_register("training.judge", queue="training", handler="training.handlers.judge")
        kind_register("training.due", queue="interactive", handler="training.handlers.due")
        policy_register("recipe", "training.services.policies.recipe_check")
        policy_register("gate_policy", "training.services.policies.gate_policy_check")
        labels_listen("training.due")
        tick_register("training.services.runs.runs_due")
